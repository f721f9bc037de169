"""The service: one application over one gate, in the dialects that platforms already speak. Needs the extra `server`."""
