// XXH3, for the keys of caches and snapshots, and XXH32, for frames.
#include <xxhash.h>
