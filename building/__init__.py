"""What makes what is shipped: catalogues, pages, manuals, the offline bundle, the single executable."""
