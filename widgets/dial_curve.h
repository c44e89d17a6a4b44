// One conversion at several k: perplexity and measured speed over active parameters.
#pragma once

#include <vector>

#include "widgets/plot_widget.h"

class QCPGraph;

namespace dotmoe {

class PointNames;

struct DialRow {
    int active = 0;         ///< k
    double share = 0;       ///< active FFN neurons
    double parameters = 0;  ///< active ones
    double perplexity = 0, kl = 0;
    double tokensPerSecond = 0;
    bool trained = false;  ///< the k that the conversion was made for
};

/// Perplexity on the left axis, tokens/s on the right one; each point is named after its k.
class DialCurve : public PlotWidget {
    Q_OBJECT
  public:
    explicit DialCurve(QWidget* parent = nullptr);

    /// By active parameters, ascending.
    void setRows(std::vector<DialRow> rows);
    /// Widget coordinates.
    QPointF perplexityPoint(int row) const;
    QPointF speedPoint(int row) const;

    Table table() const override;

  protected:
    void restyle() override;

  private:
    std::vector<DialRow> m_rows;
    QCPGraph *m_perplexity, *m_speed;
    PointNames* m_names;
};

}  // namespace dotmoe
