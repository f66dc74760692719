/* errors.c: the error domain that all of Muniment shares */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-base"

#include "errors.h"

/* Underscores: clang-format would put spaces round dashes. */
G_DEFINE_QUARK (mun_error_quark, mun_error)
