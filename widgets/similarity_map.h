// Which experts of a layer are chosen for the same tokens.
#pragma once

#include <memory>

#include "events/expert_profile.h"
#include "widgets/expert_grid.h"

namespace dotmoe {

/// Experts by experts: the correlation of their choices. Up to the largest between two different ones.
class SimilarityMap : public ExpertGrid {
    Q_OBJECT
  public:
    explicit SimilarityMap(QWidget* parent = nullptr);

    Table table() const override;

  public slots:
    /// Null: none.
    void setProfile(const std::shared_ptr<const dotmoe::ExpertProfile>& profile);

  protected:
    QString inWords(int row, int expert) const override;
    QString inShort(int row, int expert) const override;

  private:
    double correlation(int row, int expert) const;
};

}  // namespace dotmoe
