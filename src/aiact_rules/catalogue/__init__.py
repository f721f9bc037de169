"""The catalogue: what is on offer, built in or from plugins, and the packs kept between runs."""
