"""Finetune Studio: write, review and submit fine-tuning datasets."""

__version__ = "0.1.0"
