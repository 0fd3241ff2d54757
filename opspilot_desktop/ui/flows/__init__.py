"""What a person sets going: each flow takes one verb from the click to the result."""
