/* malformed.h: messages that break the rules of mail in ways that are met in old archives */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "letter.h"

void
tenant_malformed_write (TenantLetter *letter, GString *out);
