// How long the window's thread is busy at a time.
#pragma once

#include <QApplication>
#include <QElapsedTimer>
#include <string>
#include <vector>

namespace dotmoe::studio {

/// The application of the tests: tells a FrameMeter, where there is one, of every event.
class MeasuredApplication : public QApplication {
  public:
    using QApplication::QApplication;
    bool notify(QObject* receiver, QEvent* event) override;

  private:
    int m_depth = 0;  ///< events that others were sent from
};

/// While it lives, all events are timed. A frame is a stretch of events without a pause in which something
/// was painted: so long does a click wait at worst.
class FrameMeter {
  public:
    FrameMeter();
    ~FrameMeter();
    FrameMeter(const FrameMeter&) = delete;
    FrameMeter& operator=(const FrameMeter&) = delete;

    const std::vector<double>& frames() const { return m_frames; }  ///< ms, whole ones
    const std::vector<double>& events() const { return m_events; }  ///< ms

  private:
    friend class MeasuredApplication;
    void took(double begin, double end, bool painted);

    static constexpr double pause = 0.2;  ///< ms between events that ends a stretch
    QElapsedTimer m_clock;
    std::vector<double> m_frames, m_events;
    double m_begin = 0, m_end = -1;  ///< of the stretch under way
    bool m_painted = false;
};

/// "median 3.1 ms, 99th percentile 9.7 ms, worst 12.0 ms of 340"; sorts them.
std::string quantiles(std::vector<double> milliseconds);

}  // namespace dotmoe::studio
