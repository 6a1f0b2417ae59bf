"""Pictures as a network gets them, small enough to stand in a button or below a chart."""

from explorer.ui.picture import png_uri


def data_uri(image) -> str:
    """A normalised picture, float32 [1 or 3, H, W], as the address of a PNG; its least value is black and its greatest white."""
    from PIL import Image

    pixels = image.float().cpu()
    least, most = pixels.min(), pixels.max()
    pixels = ((pixels - least) / (most - least).clamp(min=1e-9) * 255).round().byte().permute(1, 2, 0).numpy()
    return png_uri(Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels))
