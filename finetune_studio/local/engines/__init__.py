"""What trains and answers behind the local server's wire format."""
