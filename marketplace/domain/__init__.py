"""Pure rules of the field: no database, no request, no queue, no clock."""
