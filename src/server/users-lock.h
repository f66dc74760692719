/* users-lock.h: one change of users at a time */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Held while a user's document is read, changed and written back; in functions-users.c. */
extern GMutex mun_users_lock;
