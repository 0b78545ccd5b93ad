// XXH3, for the keys of caches and snapshots.
#include <xxhash.h>
