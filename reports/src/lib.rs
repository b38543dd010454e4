//! Result files, statistics, plots, the HTML page, the gate.
