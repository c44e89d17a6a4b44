// A conversion under way on the command line: events on stderr, Ctrl-C as a stop that keeps a checkpoint.
#pragma once

#include <string>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/terminal_sink.h"
#include "base/error.h"
#include "pipeline/convert.h"

namespace dotmoe::cli {

/// job(hooks) with the hooks of a terminal. A stop becomes Interrupted, whose message is `how_to_go_on`.
template <typename Job>
auto watched(Context& context, const std::string& how_to_go_on, Job&& job) {
    RunControl control;
    TerminalSink sink;
    const Interrupt::Scope scope(context.interrupt, [&control] { control.request_stop(); });
    try {
        return job(ConvertHooks{sink, control});
    } catch (const Cancelled&) {
        throw Interrupted(how_to_go_on);
    }
}

}  // namespace dotmoe::cli
