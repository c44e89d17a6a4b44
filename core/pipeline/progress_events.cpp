#include "pipeline/progress_events.h"

#include "base/progress.h"

namespace dotmoe {

std::function<void(std::int64_t)> progress_of(EventSink& events, const std::string& phase,
                                              const std::string& unit, std::int64_t total) {
    return [&events, phase, unit, meter = ProgressMeter(total)](std::int64_t done) mutable {
        meter.set_done(done);
        events.publish(Progress{phase, done, meter.total(), unit, meter.rate(), meter.eta()});
    };
}

}  // namespace dotmoe
