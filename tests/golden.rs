//! Published indices, recomputed from their published inputs by the ordinary path.

mod coinr_asem;
