"""Files in and out: reading, checking and staging what is imported; writing what is exported."""
