/* trainer.h: the dictionaries of a store, trained from its own mail */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store.h"

G_BEGIN_DECLS

/* Small pieces have little to refer to; what they share with other mail of the same store stands
 * in a dictionary. The first is made from the first pieces, another one when there is much more
 * mail than that. A dictionary is a record of the contents (MUN_RECORD_DICTIONARY), which stands
 * before all that was packed with it, and a row of the catalogue that holds the same record. */

/* mun_dictionaries_load: makes the codec know the store's dictionaries; the contents have a second
 * copy. One that is damaged is logged: verification names what cannot be read without it. @last:
 * the highest number. */
gboolean
mun_dictionaries_load (MunDatabase *database, MunContents *contents, MunCodec *codec, guint32 *last,
                       GError **error);

typedef struct _MunTrainer MunTrainer;

/* mun_trainer_new: @number: of the newest dictionary, 0 = none. @store: borrowed. */
MunTrainer *
mun_trainer_new (MunStore *store, guint32 number);
/* mun_trainer_offer: a piece that is going to be stored; from any thread. Training is done on a
 * thread of its own, which then asks the writer to store the dictionary. */
void
mun_trainer_offer (MunTrainer *self, GBytes *piece);
/* mun_trainer_free: waits for a training under way; the store's writer may be gone already. */
void
mun_trainer_free (MunTrainer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunTrainer, mun_trainer_free)

G_END_DECLS
