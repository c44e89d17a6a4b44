#include "export/exportable.h"

#include "base/error.h"

namespace dotmoe {

void require_exportable(const Model& model) {
    if (model.config.post_norms)
        fail(
            "{}: a conversion of a model with norms behind attention and FFN (Gemma 3) cannot be exported, "
            "as "
            "no stock mixture has them; dotmoe generate and eval run it",
            model.path.string());
}

}  // namespace dotmoe
