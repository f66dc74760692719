/* words-world.h: the languages of customers far away */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "words.h"

const TenantWords *
tenant_words_world (TenantLanguage language);
