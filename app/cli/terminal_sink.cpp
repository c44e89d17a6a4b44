#include "app/cli/terminal_sink.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "app/cli/text_format.h"
#include "base/system.h"

namespace dotmoe::cli {
namespace {

std::size_t terminal_width() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

}  // namespace

TerminalSink::TerminalSink() : terminal_(::isatty(STDERR_FILENO) == 1) {}

TerminalSink::~TerminalSink() {
    if (rewriting_) fmt::print(stderr, "\n");
}

void TerminalSink::publish(Payload payload) {
    const std::lock_guard lock(mutex_);
    std::visit([this](const auto& event) { show(event); }, payload);
    warn(alerts_.hear(payload));
}

void TerminalSink::show(const Started& started) {
    line(fmt::format("{}: {} layers of {} neurons, {} experts, {} active, {} shared; recipe {}, {} {}",
                     started.model, started.layers, started.neurons, started.experts, started.active,
                     started.shared, started.recipe, started.device, started.dtype));
}

void TerminalSink::show(const Progress& progress) {
    using Clock = std::chrono::steady_clock;
    const auto now = Clock::now();
    const bool new_phase = progress.phase != phase_;
    const bool complete = progress.done >= progress.total;
    if (new_phase) {
        phase_ = progress.phase;
        losses_.clear();
        last_shown_ = now;
    }
    const auto interval = terminal_ ? Clock::duration(rewrite_interval) : Clock::duration(line_interval);
    const bool due = now - last_shown_ >= interval;
    if (!complete && !due && !(terminal_ && new_phase)) return;
    last_shown_ = now;

    auto text =
        fmt::format("{:<11} {:>5}/{} {}", progress.phase, progress.done, progress.total, progress.unit);
    if (progress.rate > 0) text += fmt::format("  {:.3g}/s", progress.rate);
    if (!complete && progress.eta_seconds > 0)
        text += fmt::format("  ETA {}", human_duration(progress.eta_seconds));
    text += losses_;
    if (!terminal_ || complete)
        line(text);
    else
        rewrite(text);
    warn(alerts_.hear(machine_memory()));
}

void TerminalSink::show(const LogLine& log) {
    line(log.level == LogLevel::warning ? "warning: " + log.text : log.text);
}

void TerminalSink::show(const QualitySnapshot& quality) {
    line(fmt::format("held-out, {}: perplexity {:.2f}, KL {:.3f}, top-1 {:.1f} %", quality.label,
                     quality.perplexity, quality.kl, 100 * quality.top1));
}

void TerminalSink::show(const LayerStatus& status) {
    if (status.state == LayerState::refused)
        line(fmt::format("warning: layer {}: {}", status.layer, status.note));
}

void TerminalSink::show(const TrainingStep& step) {
    if (step.stage != Stage::distillation) return;
    losses_ = fmt::format("  loss {:.3f}  KL {:.3f}  tau {:.2f}  Sinkhorn {}", step.loss, step.kl,
                          step.temperature, step.sinkhorn_iterations);
    if (step.dropped > 0) losses_ += fmt::format("  dropped {:.1f} %", 100 * step.dropped);
}

void TerminalSink::warn(const std::optional<Alert>& alert) {
    if (alert) line("warning: " + alert->text);
}

void TerminalSink::line(const std::string& text) {
    fmt::print(stderr, "{}{}\n", rewriting_ ? "\r\033[K" : "", one_line(text));
    rewriting_ = false;
}

void TerminalSink::rewrite(const std::string& text) {
    fmt::print(stderr, "\r\033[K{}", one_line(text).substr(0, terminal_width() - 1));
    std::fflush(stderr);
    rewriting_ = true;
}

}  // namespace dotmoe::cli
