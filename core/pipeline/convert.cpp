#include "pipeline/convert.h"

#include "base/error.h"
#include "pipeline/conversion_run.h"

namespace dotmoe {

Metrics convert(const ConvertRequest& request, const ConvertHooks& hooks) {
    set_thread_count(request.threads);
    ConversionRun run(request, hooks);
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
