"""What is counted: from the ledger of a run to measures with intervals, arrays in, frames out."""
