#include "symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int bpftest_symbols(const char *path, const uint64_t *addresses, size_t count, char *names)
{
	FILE *file = fopen(path, "re");
	uint64_t *nearest = calloc(count + 1, sizeof(*nearest));
	char *line = NULL;
	size_t room = 0;
	int result = 0;

	memset(names, 0, count * BPFTEST_SYMBOL_SIZE);
	if (!file || !nearest) {
		result = -errno;
		goto done;
	}
	while (getline(&line, &room, file) > 0) {
		char *rest, *name;
		uint64_t address = strtoull(line, &rest, 16);

		// Functions are t and T, weak ones w and W.
		if (!address || rest[0] != ' ' || !rest[1] || !strchr("tTwW", rest[1]) || rest[2] != ' ')
			continue;
		name = rest + 3;
		for (size_t i = 0; i < count; i++) {
			if (address > addresses[i] || address < nearest[i])
				continue;
			// Of several names for one place the first counts.
			if (address == nearest[i])
				continue;
			nearest[i] = address;
			size_t length = strcspn(name, " \t\n");
			if (length >= BPFTEST_SYMBOL_SIZE)
				length = BPFTEST_SYMBOL_SIZE - 1;
			memcpy(names + i * BPFTEST_SYMBOL_SIZE, name, length);
			names[i * BPFTEST_SYMBOL_SIZE + length] = 0;
		}
	}
done:
	free(line);
	free(nearest);
	if (file)
		fclose(file);
	return result;
}
