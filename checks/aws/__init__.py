"""AWS's services: clients, and what their errors mean."""
