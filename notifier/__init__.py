"""The middle floor: decides who hears of a change, words it, and delivers it. Knows only the storage below."""
