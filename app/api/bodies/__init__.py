"""What the API takes and gives, as pydantic models: the description of the API is made from them."""
