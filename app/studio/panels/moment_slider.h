// A slider over what a recording has: its moments, with their checkpoints marked and named under the pointer.
#pragma once

#include "widgets/time_slider.h"

namespace dotmoe {
class Recording;
}

namespace dotmoe::studio {

class MomentSlider : public TimeSlider {
    Q_OBJECT

  public:
    /// The recording of now; null where there is none.
    using Source = std::function<const Recording*()>;

    explicit MomentSlider(Source source, QWidget* parent = nullptr);

    /// There are more moments, or others. Says nothing to who listens to the value.
    void showMoments();
    /// Stands at a moment; -1: none yet. Says nothing either.
    void showMoment(int moment);

  private:
    Source m_source;
};

}  // namespace dotmoe::studio
