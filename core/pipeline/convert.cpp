#include "pipeline/convert.h"

#include "align/splits/product_key_split.h"
#include "base/error.h"
#include "base/system.h"
#include "model/load.h"
#include "pipeline/conversion_run.h"

namespace dotmoe {

Recipe recipe_of_run(const ConvertRequest& request) {
    if (request.recipe.method != Method::peer) return request.recipe;
    return with_single_neurons(request.recipe, read_config(request.model).neurons);
}

Metrics convert(const ConvertRequest& request, const ConvertHooks& hooks) {
    set_thread_count(request.threads);
    forget_peak_memory();  // of what this process did before
    auto own = request;
    own.recipe = recipe_of_run(request);
    ConversionRun run(own, hooks);
    try {
        run.align_layers();
        run.distil();
        run.recover();
        return run.finish();
    } catch (const Cancelled&) {
        run.checkpoint();
        throw;
    }
}

}  // namespace dotmoe
