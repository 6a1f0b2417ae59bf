"""The picture formats that are read, and how large a picture may be: the same wherever pictures come in. Imports no torch."""

import warnings

# What Pillow may decode, and what people call it. Its other plug-ins (EPS calls Ghostscript, for one) are never tried on a user's file.
FORMATS = {"PNG": "PNG", "JPEG": "JPEG", "WEBP": "WebP", "GIF": "GIF", "BMP": "BMP", "TIFF": "TIFF"}
SUFFIXES = ("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff")
MAX_PIXELS = 64_000_000
MAX_BYTES = 200 * 2**20  # as many pixels, uncompressed; what a small zip may claim to unpack to is without limit

# Pillow warns of large pictures (MAX_PIXELS turns them down) and of odd metadata (which nobody here reads).
warnings.filterwarnings("ignore", module=r"PIL\.")
