// The legend of the curves as check boxes: on or off, and a value each.
#pragma once

#include <QWidget>
#include <array>
#include <optional>

#include "widgets/curve_series.h"

class QCheckBox;

namespace dotmoe {

class CurveLegend : public QWidget {
    Q_OBJECT
  public:
    explicit CurveLegend(QWidget* parent = nullptr);

    void setValue(Series series, std::optional<double> value);
    void setChecked(Series series, bool checked);
    void setLogarithmic(bool logarithmic);
    /// Line samples in the pens of a light or dark ground.
    void drawSamples(bool dark);

  signals:
    void seriesToggled(dotmoe::Series series, bool visible);
    void logarithmicToggled(bool logarithmic);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    /// As wide as values get, so that the plot does not move when they change.
    void fitWidth();
    QCheckBox* box(Series series) const { return m_boxes[static_cast<std::size_t>(series)]; }

    std::array<QCheckBox*, allSeries.size()> m_boxes{};
    QCheckBox* m_logarithmic;
};

}  // namespace dotmoe
