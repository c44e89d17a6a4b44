// A slider over the moments of a run, with marks.
#pragma once

#include <QSlider>
#include <functional>
#include <vector>

namespace dotmoe {

/// A click jumps there and a drag goes on from it; hovering names the moment under the pointer.
class TimeSlider : public QSlider {
    Q_OBJECT
  public:
    using Namer = std::function<QString(int)>;

    explicit TimeSlider(QWidget* parent = nullptr);

    /// Marked below the groove, ascending.
    void setMarks(std::vector<int> marks);
    /// A flag at one value, above the groove; none: -1.
    void setFlag(int value);
    const std::vector<int>& marks() const { return m_marks; }
    void setNamer(Namer namer) { m_namer = std::move(namer); }
    /// Widget x of a value, and the value nearest to an x.
    int xOf(int value) const;
    int valueAt(int x) const;

  protected:
    bool event(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    std::vector<int> m_marks;
    int m_flag = -1;
    Namer m_namer;
};

}  // namespace dotmoe
