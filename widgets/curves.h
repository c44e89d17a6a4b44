// Curves of a run over its steps, and the reconstruction error of each layer beside them.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "widgets/curve_series.h"
#include "widgets/plot_widget.h"

class QCPAxis;
class QCPAxisRect;
class QCPGraph;
class QCPItemStraightLine;
class QCPLayoutGrid;

namespace dotmoe {

class CurveLegend;
class LayerErrorPanel;
class LevelLines;

/// Left: the series of the global phase over its steps, perplexity as marked points, the dense model's (and
/// the random split's) as level lines. Right: error of each layer. The check boxes are the legend: on/off,
/// and the value at the crosshair, or else the last one. Appending costs microseconds; drawing happens once a
/// paint.
class Curves : public PlotWidget {
    Q_OBJECT
  public:
    explicit Curves(QWidget* parent = nullptr);
    ~Curves() override;

    bool isLogarithmic() const;
    bool isSeriesVisible(Series series) const;
    /// Value at a step: the last one known at or before it.
    std::optional<double> valueAt(Series series, double step) const;
    std::optional<double> layerError(int layer) const;
    /// Widget coordinates of a point of the left panel, and of the top of a layer's bar in the right one.
    QPointF pointOf(double step, double value) const;
    QPointF layerPointOf(int layer) const;

    /// A row a point: the series of the steps, the levels, then the layers' errors.
    Table table() const override;

  public slots:
    /// A global step adds to the curves; a layer-wise one moves its layer's error.
    void append(const dotmoe::TrainingStep& step);
    void append(const dotmoe::QualitySnapshot& quality);
    /// Replaces all: index is the layer, NaN or negative where unknown.
    void setLayerErrors(const std::vector<double>& errors);
    void setLayerError(int layer, double error);
    void clear();
    void setLogarithmic(bool logarithmic);
    void setSeriesVisible(dotmoe::Series series, bool visible);
    /// Shared crosshair: every view of steps can show the same one. No step: none.
    void setCrosshair(std::optional<double> step);
    /// The step that all views show; the line stands there while the mouse points at no other. No step: none.
    void setCursor(std::optional<double> step);

  signals:
    /// The mouse is over this step (the nearest recorded one).
    void stepHovered(double step);
    void hoverLeft();

  protected:
    void restyle() override;
    void prepareExport(bool exporting) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QCPGraph* graph(Series series) const { return m_graphs[static_cast<std::size_t>(series)]; }
    QCPAxis* stepAxis() const;
    QCPAxis* valueAxis() const;
    void changed();
    void fitRanges();
    void showValues();
    void hover(QPoint inPlot, QPoint global);

    QCPLayoutGrid* m_panels;
    QCPAxisRect* m_steps;
    std::array<QCPGraph*, allSeries.size()> m_graphs{};
    std::unique_ptr<LayerErrorPanel> m_layers;
    std::unique_ptr<LevelLines> m_levels;
    QCPItemStraightLine* m_crosshair;
    std::optional<double> m_crosshairStep, m_cursorStep;
    CurveLegend* m_legend;
};

}  // namespace dotmoe
