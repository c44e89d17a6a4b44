#include "frame_meter.h"

#include <fmt/format.h>

#include <QEvent>
#include <algorithm>

namespace dotmoe::studio {
namespace {

FrameMeter* installed = nullptr;

double milliseconds(const QElapsedTimer& clock) {
    return static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

}  // namespace

bool MeasuredApplication::notify(QObject* receiver, QEvent* event) {
    auto* const told = m_depth == 0 ? installed : nullptr;
    if (!told) return QApplication::notify(receiver, event);
    const bool paints = event->type() == QEvent::UpdateRequest || event->type() == QEvent::Expose;
    const double begin = milliseconds(told->m_clock);
    ++m_depth;
    const bool result = QApplication::notify(receiver, event);
    --m_depth;
    if (installed == told) told->took(begin, milliseconds(told->m_clock), paints);
    return result;
}

FrameMeter::FrameMeter() {
    m_clock.start();
    installed = this;
}

FrameMeter::~FrameMeter() {
    installed = nullptr;
}

void FrameMeter::took(double begin, double end, bool painted) {
    m_events.push_back(end - begin);
    if (begin - m_end > pause) {
        if (m_painted) m_frames.push_back(m_end - m_begin);
        m_begin = begin;
        m_painted = false;
    }
    m_end = end;
    m_painted |= painted;
}

std::string quantiles(std::vector<double> milliseconds) {
    std::ranges::sort(milliseconds);
    const auto at = [&](double share) {
        return milliseconds[static_cast<std::size_t>(share * static_cast<double>(milliseconds.size() - 1))];
    };
    return fmt::format("median {:.1f} ms, 99th percentile {:.1f} ms, worst {:.1f} ms of {}", at(0.5),
                       at(0.99), at(1), milliseconds.size());
}

}  // namespace dotmoe::studio
