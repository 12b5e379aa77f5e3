"""What was: minutes rolled up to hours, read back at any step, forgotten by age.

minutes in the store --Keeper--> hours in the store --History--> one vital sign over time
"""
