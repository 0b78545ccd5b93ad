// Whoever deals with kernels also reports infrastructure errors and cleans up.
@_exported import Housekeeping
