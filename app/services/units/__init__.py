"""Units over time: how they are entered, renamed, merged and abolished, and who takes over what they had to do."""
