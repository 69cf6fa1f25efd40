"""The backend as child processes: start, progress, cancel, standby, following a shoot."""
