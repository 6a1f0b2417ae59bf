"""Inside the networks: the maps that their layers make of a picture, and what blocks add to what their shortcuts carry."""
