"""The administration through its pages; what differs between the databases is tested at the services."""
