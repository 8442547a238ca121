"""How dates are made: pure functions over arrays, the clock passed in.

Times are days as floats (Unix days), durations days. `curves` turns waiting and closings into a curve, `learning`
learns one for every category, `judging` measures what was said against what came.
"""
