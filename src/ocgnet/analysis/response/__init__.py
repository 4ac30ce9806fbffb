"""What is done about groups, people and threats: plans, disruptions, priorities."""
