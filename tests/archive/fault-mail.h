/* fault-mail.h: numbered messages, and whether they survived */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-fixture.h"

G_BEGIN_DECLS

#define FAULT_MAIL_FOLDER "anna/EML x/Inbox"

/* fault_mail_message: message @n: a word of its own, an attachment that every third one shares. */
GBytes *
fault_mail_message (guint n);
/* fault_mail_deliver: a batch of @count messages from @first on. TRUE when all are acknowledged. */
gboolean
fault_mail_deliver (MunArchive *archive, guint first, guint count, GError **error);
/* fault_mail_assert: messages 0 to @count - 1 are there once each and byte by byte; there may be
 * more when @at_least. Returns: how many are there. */
guint
fault_mail_assert (MunArchive *archive, guint count, gboolean at_least);
/* fault_mail_assert_found: each of these is found by its own word. */
void
fault_mail_assert_found (MunArchive *archive, guint first, guint count);

G_END_DECLS
