"""Networks: architectures, backbones, training, evaluation, files."""
