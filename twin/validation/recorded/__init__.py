"""Suite ``components``: our kernels of single machines beside runs that other programs recorded.

Only the algebra is compared: the recorded inlet signals go into our kernels. One module a kind of machine, each
with ``rows()``; the numbers lie beside them as small tables, named in each module.
"""
