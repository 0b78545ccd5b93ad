// glibc's names and words for errno values, which it declares only under _GNU_SOURCE.
#ifndef BPFTEST_ERRNO_NAMES_H
#define BPFTEST_ERRNO_NAMES_H

// "EINVAL", or NULL.
const char *bpftest_errno_name(int value);

// "Invalid argument", or NULL.
const char *bpftest_errno_words(int value);

#endif
