"""Why a network answers as it does: heat maps, feature maps, the answer after every block."""
