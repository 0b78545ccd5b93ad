#include "loops.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

int bpftest_loop_test_runs(int program, const void *packet, size_t size, int count)
{
	void *out = malloc(size);
	int status = out ? 0 : -ENOMEM;

	for (int i = 0; i < count && !status; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = size, .data_out = out,
			    .data_size_out = size, .repeat = 1);
		status = bpf_prog_test_run_opts(program, &opts);
	}
	free(out);
	return status;
}

int bpftest_loop_loads(const void *bytes, size_t size, int count)
{
	int status = 0;

	for (int i = 0; i < count && !status; i++) {
		LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "bpftest");
		struct bpf_object *object = bpf_object__open_mem(bytes, size, &opts);

		if (!object)
			return -errno;
		status = bpf_object__load(object);
		bpf_object__close(object);
	}
	return status;
}
