"""Physical constants, each with its unit and source. SI, temperatures in °C unless said."""

#: Stefan–Boltzmann constant, W/(m² K⁴). CODATA 2018.
STEFAN_BOLTZMANN = 5.670374419e-8
#: Absolute zero offset, K. Definition of the Celsius scale.
KELVIN = 273.15
#: Specific heat of dry air at constant pressure, J/(kg K). ASHRAE Handbook Fundamentals 2021 ch. 1 (eq. 30).
CP_DRY_AIR = 1006.0
#: Specific heat of water vapour, J/(kg K). ASHRAE Handbook Fundamentals 2021 ch. 1 (eq. 30).
CP_VAPOUR = 1860.0
#: Enthalpy of saturated water vapour at 0 °C over liquid water at 0 °C, J/kg. ASHRAE 2021 ch. 1 (eq. 30).
H_VAPOUR_0 = 2.501e6
#: Specific heat of liquid water, J/(kg K). ASHRAE Handbook Fundamentals 2021 ch. 1 (eq. 33).
CP_WATER = 4186.0
#: Molar-mass ratio of water and dry air. ASHRAE Handbook Fundamentals 2021 ch. 1 (eq. 20).
MASS_RATIO_WATER_AIR = 0.621945
#: Gas constant of dry air, J/(kg K). ASHRAE Handbook Fundamentals 2021 ch. 1 (eq. 1).
R_DRY_AIR = 287.042
#: Standard atmospheric pressure at sea level, Pa. ISO 2533.
STANDARD_PRESSURE = 101325.0
#: Seconds in an hour.
HOUR = 3600.0
