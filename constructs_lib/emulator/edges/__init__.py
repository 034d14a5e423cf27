"""What a client meets before any API call: names, health, alarms, schedules and distributions, over one clock."""
