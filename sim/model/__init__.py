"""What moves: trains, papers, wagon sets and ships on one clock."""
